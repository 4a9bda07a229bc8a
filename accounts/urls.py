from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("kept/", views.kept_list, name="kept-list"),
    path("kept/left/", views.kept_left, name="kept-left"),
    path("kept/<uuid:public_id>/", views.kept_page, name="kept-page"),
    path("kept/<uuid:public_id>/discard/", views.kept_discard, name="kept-discard"),
    path("choose", views.choose_clinic, name="choose-clinic"),
]

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("choose", views.choose_clinic, name="choose-clinic"),
]

from django.urls import path

from accounts import account_page, closing_page, invitation_page, members_page, views

app_name = "accounts"

urlpatterns = [
    path("kept/", views.kept_list, name="kept-list"),
    path("kept/left/", views.kept_left, name="kept-left"),
    path("kept/<uuid:public_id>/", views.kept_page, name="kept-page"),
    path("kept/<uuid:public_id>/discard/", views.kept_discard, name="kept-discard"),
    path("account/", account_page.account, name="account"),
    path("account/sessions/<int:pk>/end/", account_page.session_end, name="session-end"),
    path("account/second-factor/", account_page.second_factor_needed, name="second-factor-needed"),
    path("account/goes-on/", account_page.second_factor_goes_on, name="second-factor-goes-on"),
    path("members/", members_page.members, name="members"),
    path("members/<uuid:public_id>/", members_page.member_list, name="member-list"),
    path(
        "members/<uuid:public_id>/<int:pk>/roles/", members_page.member_roles, name="member-roles"
    ),
    path(
        "members/<uuid:public_id>/<int:pk>/reset/", members_page.member_reset, name="member-reset"
    ),
    path(
        "members/<uuid:public_id>/<int:pk>/close/", closing_page.member_close, name="member-close"
    ),
    path("members/<uuid:public_id>/<int:pk>/open/", closing_page.member_open, name="member-open"),
    path(
        "invitations/<uuid:public_id>/withdraw/",
        members_page.invitation_withdraw,
        name="invitation-withdraw",
    ),
    path(
        "invitations/<uuid:public_id>/renew/",
        members_page.invitation_renew,
        name="invitation-renew",
    ),
    path("invitation/", invitation_page.invitation_accept, name="invitation-accept"),
    path("invitation/<str:word>/", invitation_page.invitation, name="invitation"),
    path("session/", account_page.session, name="session"),
    path("choose", views.choose_clinic, name="choose-clinic"),
]

from allauth.socialaccount import views as allauth
from allauth.socialaccount.providers.openid_connect import views
from django.urls import path

urlpatterns = [
    path("<slug:provider_id>/login/", views.login, name="openid_connect_login"),
    path("<slug:provider_id>/login/callback/", views.callback, name="openid_connect_callback"),
    path("name/", allauth.signup, name="socialaccount_signup"),
    path("stopped/", allauth.login_cancelled, name="socialaccount_login_cancelled"),
    path("failed/", allauth.login_error, name="socialaccount_login_error"),
]

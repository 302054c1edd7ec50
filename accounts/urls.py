from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [path("educator/<str:token>/", views.educator, name="educator")]

from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [path("profil/messages/", views.message_choice, name="message-choice")]

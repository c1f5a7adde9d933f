from django.urls import path

from budget import views

app_name = "budget"

urlpatterns = [
    path("c/<slug:slug>/budget/", views.plan_detail, name="plan-detail"),
    path("c/<slug:slug>/budget/annees/", views.plan_edit, name="plan-edit"),
    path("c/<slug:slug>/budget/synthese/", views.plan_summary, name="plan-summary"),
    path("c/<slug:slug>/budget/mes-financements/", views.funding_own, name="funding-own"),
    path("c/<slug:slug>/budget/plan.xlsx", views.plan_export, name="plan-export"),
    path("c/<slug:slug>/budget/charges/nouvelle/", views.expense_edit, name="expense-create"),
    path("c/<slug:slug>/budget/charges/<uuid:public_id>/", views.expense_edit, name="expense-edit"),
    path(
        "c/<slug:slug>/budget/charges/<uuid:public_id>/retirer/", views.expense_remove, name="expense-remove"
    ),
    path("c/<slug:slug>/budget/produits/nouveau/", views.income_edit, name="income-create"),
    path("c/<slug:slug>/budget/produits/<uuid:public_id>/", views.income_edit, name="income-edit"),
    path(
        "c/<slug:slug>/budget/produits/<uuid:public_id>/retirer/", views.income_remove, name="income-remove"
    ),
]

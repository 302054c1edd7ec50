from django.urls import path

from bench.bare import bare
from harmreduction.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [path("bench/bare/", bare), *urlpatterns]

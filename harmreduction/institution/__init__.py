"""Signing in through an institution (OpenID Connect): off unless OIDC_ISSUER is set. Nothing is taken over but the number under which
the institution knows the person.
"""

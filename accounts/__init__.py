"""Clinics, users, memberships with roles: who may see and do what."""

"""Telling people what became of their accounts: e-mail and push, each thing once."""

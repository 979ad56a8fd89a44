"""The peers as programs of their own: nothing here but `ring` is imported by anything of ours."""

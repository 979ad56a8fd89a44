"""What an installation shows of itself before it is used: installed as released, and by its rules.

Annex 11 §4 and 21 CFR 11.10(a) ask whoever uses a system to show that it does what it is for. What
a machine can show is tried here; what people show with their own procedures stands as a plan.
"""

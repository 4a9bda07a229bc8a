"""What an echo form shows and asks while a study is being entered, before it is kept.

``reading`` says what the numbers give as they stand; ``single_value`` finds the one value that
alone alters the class of a guideline. The forms stand on a lower floor and reach both through the
setting ``STUDY_ENTRY``.
"""

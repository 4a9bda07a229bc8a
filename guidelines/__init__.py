"""Clinical knowledge of mitral regurgitation: pure Python, no Django, no clock, no files."""

"""How each language writes dates and numbers, where Django's own formats are not those of the pages."""

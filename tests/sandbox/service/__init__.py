"""Operations carried out."""

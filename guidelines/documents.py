"""Companion guidelines from which single rules are taken; dates of publication from knowledge."""

from __future__ import annotations

from datetime import date

from guidelines.rule import Document

AHA_ENDOCARDITIS_2021 = Document("AHA 2021 statement on endocarditis prevention", date(2021, 4, 15))
ESC_PACING_2021 = Document("ESC 2021 pacing and resynchronization", date(2021, 8, 29))
ESC_HEART_FAILURE_2021 = Document("ESC 2021 heart failure", date(2021, 8, 27))
HEART_FAILURE_2022 = Document("AHA/ACC/HFSA 2022 heart failure", date(2022, 4, 1))
ESC_ENDOCARDITIS_2023 = Document("ESC 2023 endocarditis", date(2023, 8, 25))
ATRIAL_FIBRILLATION_2023 = Document("ACC/AHA/ACCP/HRS 2023 atrial fibrillation", date(2023, 11, 30))
HYPERTROPHIC_2024 = Document("AHA/ACC 2024 hypertrophic cardiomyopathy", date(2024, 5, 8))
ESC_ATRIAL_FIBRILLATION_2024 = Document("ESC 2024 atrial fibrillation", date(2024, 8, 30))
ESC_HEART_FAILURE_2026 = Document("ESC 2026 heart failure", date(2026, 8, 28))

"""The filters of the lists of companies and investors, and the fields and words that other lists share with them."""

from .companies import CompanyFilter
from .fields import find_record
from .investors import InvestorFilter

__all__ = ["CompanyFilter", "InvestorFilter", "find_record"]

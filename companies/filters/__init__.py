"""The filters of the lists of companies and investors, and the fields and words that other lists share with them."""

from .companies import CompanyFilter
from .fields import called, find_record
from .investors import InvestorFilter

__all__ = ["CompanyFilter", "InvestorFilter", "called", "find_record"]

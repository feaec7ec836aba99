"""The pages of the book: what each notebook tells of its analysis, one call a cell."""

from qualitybook.report.pages.area import AreaPage
from qualitybook.report.pages.base import Page
from qualitybook.report.pages.evidence import EvidencePage
from qualitybook.report.pages.goods import GoodsPage
from qualitybook.report.pages.methods import MethodsPage
from qualitybook.report.pages.outlook import OutlookPage
from qualitybook.report.pages.peers import PeersPage
from qualitybook.report.pages.summary import SummaryPage
from qualitybook.report.pages.target import TargetPage
from qualitybook.report.pages.track_record import TrackRecordPage
from qualitybook.report.pages.what_changed import WhatChangedPage
from qualitybook.report.pages.when import WhenPage

__all__ = [
    "AreaPage",
    "EvidencePage",
    "GoodsPage",
    "MethodsPage",
    "OutlookPage",
    "Page",
    "PeersPage",
    "SummaryPage",
    "TargetPage",
    "TrackRecordPage",
    "WhatChangedPage",
    "WhenPage",
]

"""What the program needs of the outside, as protocols; adapters and fakes fulfil them."""

from rebalancer_core.ports.broker import BrokerPort, Freshness
from rebalancer_core.ports.orders import OrderPort, WhatIfPort
from rebalancer_core.ports.people import KeyboardPort, LogPort, PeoplePort, StopPort
from rebalancer_core.ports.records import JournalPort, ReportPort
from rebalancer_core.ports.sessions import (
    AccountLocks,
    LockRefused,
    ReadingSession,
    SessionPort,
    TradingSession,
)
from rebalancer_core.ports.time import Clock, Together

__all__ = [
    "AccountLocks",
    "BrokerPort",
    "Clock",
    "Freshness",
    "JournalPort",
    "KeyboardPort",
    "LockRefused",
    "LogPort",
    "OrderPort",
    "PeoplePort",
    "ReadingSession",
    "ReportPort",
    "SessionPort",
    "StopPort",
    "Together",
    "TradingSession",
    "WhatIfPort",
]

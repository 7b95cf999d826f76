/// The words of `date_trunc` and `date_part` with PostgreSQL's abbreviations and plurals, and the
/// one spelling that execution knows.
enum DateUnits {
  static let truncation: [String: String] = [
    "microsecond": "microsecond", "microseconds": "microsecond", "us": "microsecond",
    "millisecond": "millisecond", "milliseconds": "millisecond", "ms": "millisecond",
    "second": "second", "seconds": "second", "sec": "second", "s": "second",
    "minute": "minute", "minutes": "minute", "min": "minute", "m": "minute",
    "hour": "hour", "hours": "hour", "h": "hour",
    "day": "day", "days": "day", "d": "day",
    "week": "week", "weeks": "week", "w": "week",
    "month": "month", "months": "month", "mon": "month",
    "quarter": "quarter", "quarters": "quarter",
    "year": "year", "years": "year", "y": "year",
    "decade": "decade", "decades": "decade",
    "century": "century", "centuries": "century",
    "millennium": "millennium", "millenniums": "millennium",
  ]

  static let fields: [String: String] = {
    var fields = truncation
    for field in ["epoch", "dow", "isodow", "doy", "isoyear", "julian"] { fields[field] = field }
    fields["dayofweek"] = "dow"
    fields["dayofyear"] = "doy"
    return fields
  }()
}

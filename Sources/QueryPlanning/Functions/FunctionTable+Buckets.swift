import ColumnStore

private let toInterval = FunctionDefinition.Result.type(.interval)

/// Functions that put values into buckets, and the distance of times as people say it.
let bucketFunctions: [FunctionDefinition] = [
  FunctionDefinition(
    "time_bucket", [.type(.interval), .type(.timestamp)], .type(.timestamp), .timeBucket,
    "Start of the interval in which the moment lies, counted from Monday 2000-01-03, months from 2000-01-01."
  ),
  FunctionDefinition(
    "time_bucket", [.type(.interval), .type(.timestamp), .type(.timestamp)], .type(.timestamp),
    .timeBucket, "The same, counted from the third argument."),
  FunctionDefinition(
    "time_bucket", [.type(.interval), .type(.timestampWithTimeZone)],
    .type(.timestampWithTimeZone), .timeBucket, "The same in the session's time zone.",
    takesSessionZone: true),
  FunctionDefinition(
    "time_bucket",
    [.type(.interval), .type(.timestampWithTimeZone), .type(.timestampWithTimeZone)],
    .type(.timestampWithTimeZone), .timeBucket, "The same, counted from the third argument.",
    takesSessionZone: true),
  FunctionDefinition(
    "time_bucket", [.type(.interval), .type(.date)], .type(.date), .timeBucket,
    "The same of days: the interval has no hours."),
  FunctionDefinition(
    "time_bucket", [.type(.interval), .type(.date), .type(.date)], .type(.date), .timeBucket,
    "The same, counted from the third argument."),
  FunctionDefinition(
    "age", [.type(.timestamp), .type(.timestamp)], toInterval, .age,
    "From the second moment to the first in years, months, days and time."),
  FunctionDefinition(
    "age", [.type(.timestampWithTimeZone), .type(.timestampWithTimeZone)], toInterval, .age,
    "The same on clocks of the session's time zone.", takesSessionZone: true),
  FunctionDefinition(
    "make_timestamp",
    [
      .type(.integer), .type(.integer), .type(.integer), .type(.integer), .type(.integer),
      .type(.double),
    ], .type(.timestamp), .makeTimestamp,
    "The timestamp of a year, month, day, hour, minute and second."),
  FunctionDefinition(
    "width_bucket", [.type(.double), .type(.double), .type(.double), .type(.integer)],
    .type(.integer), .widthBucket,
    "Which of n equal buckets between two bounds the value is in: 0 below, n + 1 above."),
  FunctionDefinition(
    "width_bucket", [.anyElement, .anyArray], .type(.integer), .widthBucketOfArray,
    "How many of the ascending thresholds are at most the value."),
]

/// `to_char`.
let formatFunctions: [FunctionDefinition] = [
  FunctionDefinition(
    "to_char", [.type(.timestamp), .type(.text)], .type(.text), .formatTime,
    "As the pattern says: YYYY MM DD HH24 MI SS MS Mon Month Dy Day IYYY IW Q and more."),
  FunctionDefinition(
    "to_char", [.type(.timestampWithTimeZone), .type(.text)], .type(.text), .formatTime,
    "The same in the session's time zone; TZ, TZH, OF.", takesSessionZone: true),
  FunctionDefinition(
    "to_char", [.type(.double), .type(.text)], .type(.text), .formatNumber,
    "As the pattern says: 9 digit, 0 digit or zero, . , D G S MI PR FM."),
]

public import ColumnStore

/// An expression whose names are resolved and whose types are known.
///
/// Types agree: the planner inserts casts, so that both sides of a comparison, the branches of a
/// CASE and the arguments of a function have the types that `ScalarFunction` states. Whatever
/// depends on the session's time zone carries the zone as a literal argument.
public indirect enum Expression: Sendable, Hashable {
  /// A column of the operator's input row; in `TableScan.filters`, a column of the table.
  case column(Int, DataType)
  case literal(Value, DataType)
  /// Both sides have the same type, or both are numbers of the same type. Null if either is null.
  case compare(Comparison, Expression, Expression)
  /// Null-safe `<>`: never null.
  case isDistinct(Expression, Expression)
  /// Three-valued; later operands are not evaluated for rows that earlier ones decided, as far as
  /// they could fail there.
  case and([Expression])
  case or([Expression])
  case not(Expression)
  case isNull(Expression)
  /// The first branch whose condition is true; later branches are not evaluated for its rows.
  case caseWhen([CaseBranch], otherwise: Expression)
  /// The first operand that is not null.
  case coalesce([Expression])
  /// True if equal to one of the values (none is null, all have the operand's type).
  case inList(Expression, Set<Value>)
  case call(FunctionCall)
  /// May fail on a value: the error names `location`.
  case cast(Expression, to: DataType, location: Int)

  public var type: DataType {
    switch self {
    case .column(_, let type), .literal(_, let type): type
    case .compare, .isDistinct, .and, .or, .not, .isNull, .inList: .boolean
    case .caseWhen(_, let otherwise): otherwise.type
    case .coalesce(let operands): operands.first?.type ?? .null
    case .call(let call): call.type
    case .cast(_, let type, _): type
    }
  }
}

public struct CaseBranch: Sendable, Hashable {
  public var condition: Expression
  public var result: Expression

  public init(condition: Expression, result: Expression) {
    self.condition = condition
    self.result = result
  }
}

public enum Comparison: String, Sendable, Hashable {
  case equal = "="
  case notEqual = "<>"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}

public struct FunctionCall: Sendable, Hashable {
  public var function: ScalarFunction
  public var arguments: [Expression]
  public var type: DataType
  /// UTF-8 byte offset in the query text, for errors at run time.
  public var location: Int

  public init(function: ScalarFunction, arguments: [Expression], type: DataType, location: Int) {
    self.function = function
    self.arguments = arguments
    self.type = type
    self.location = location
  }
}

/// The functions of one row, by what they do; argument types choose the loop.
///
/// Unless said otherwise a null argument gives null. "number" is integer or double, both arguments
/// of the same one.
public enum ScalarFunction: String, Sendable, Hashable, CaseIterable {
  // Arithmetic. Integers: overflow is an error; division truncates; division by zero is an error,
  // for doubles too. Result type = argument type.
  case add, subtract, multiply, divide, modulo
  /// (number)
  case negate, absolute, sign
  /// (double, double) -> double
  case power
  /// (integer, integer) -> integer
  case bitAnd, bitOr, bitXor, shiftLeft, shiftRight
  // (double) -> double
  case ceiling, floor, squareRoot, cubeRoot, exponential, naturalLogarithm, logarithm10
  case sine, cosine, tangent, arcSine, arcCosine, arcTangent, degrees, radians
  /// (double, double) -> double: log(base, x); atan2(y, x).
  case logarithm, arcTangent2
  /// (double) or (double, integer digits) -> double: half away from zero. `truncate` toward zero.
  case round, truncate
  /// Any number of arguments of one type; nulls are ignored, null if all are.
  case greatest, least

  // Dates and times. `any time` is timestamp, timestamptz or date.
  /// (any time or interval, interval) -> timestamp(tz); date + interval is a timestamp. For
  /// timestamptz a third argument, text literal, is the zone in which days and months are added.
  case addInterval, subtractInterval
  /// (date, integer) -> date
  case addDays, subtractDays
  /// (date, date) -> integer
  case daysBetween
  /// (timestamp(tz), timestamp(tz)) -> interval of days and milliseconds
  case timeBetween
  /// (interval, double) -> interval
  case multiplyInterval
  /// (interval, interval) -> interval
  case addIntervals, subtractIntervals
  /// (text unit literal, timestamp) -> timestamp; (unit, timestamptz, text zone literal) ->
  /// timestamptz, truncated in the zone. Units microsecond... millennium; weeks start on Monday.
  case dateTruncate
  /// (text field literal, timestamp | date | interval) -> double; timestamptz has the zone as
  /// third argument. Fields as PostgreSQL: epoch, dow, isodow, doy, week, isoyear, quarter, ...
  case datePart
  /// (text zone literal, timestamp) -> timestamptz; (zone, timestamptz) -> timestamp. A zone may
  /// also be a column of text.
  case atTimeZone
  /// (double epoch seconds) -> timestamptz
  case timestampFromEpoch
  /// (integer, integer, integer) -> date
  case makeDate
  /// (integer year, month, day, hour, minute, double second) -> timestamp
  case makeTimestamp
  /// (interval literal, any time[, origin literal of the same type]) -> the same type; for
  /// timestamptz the zone as last argument. Buckets are counted from Monday 2000-01-03, those of
  /// months from 2000-01-01.
  case timeBucket
  /// (timestamp, timestamp) -> interval in years, months, days; timestamptz with the zone as third.
  case age
  /// (timestamp or number, text) -> text; timestamptz with the zone as third.
  case formatTime, formatNumber
  /// (double, double low, double high, integer count) -> integer 0 ... count + 1
  case widthBucket
  /// (any, array of the same in order) -> integer: how many are at most the first
  case widthBucketOfArray

  // Text. Positions count characters (Unicode scalars) from 1, as PostgreSQL.
  // (text) -> text
  case lower, upper, capitalize, reverse, md5
  /// (text) -> integer
  case characterLength, byteLength, ascii
  /// (text, text) -> text; null if either is null. (`||`)
  case concatenate
  /// Any number of text; nulls are skipped, never null. `concatenateWithSeparator` takes the
  /// separator first and is null only if that is.
  case concatenateAll, concatenateWithSeparator
  /// (text, integer start) or (text, integer start, integer count) -> text
  case substring
  /// (text, integer) -> text; negative counts as PostgreSQL.
  case left, right, `repeat`
  /// (text) or (text, text characters) -> text
  case trim, trimLeft, trimRight
  /// (text, integer) or (text, integer, text) -> text
  case padLeft, padRight
  /// (text, text, text) -> text
  case replace, translate
  /// (text, text) -> integer, 0 when absent
  case position
  /// (text, text) -> boolean
  case startsWith
  /// (text, text separator, integer n) -> text
  case splitPart
  /// (integer) -> text
  case character, toHexadecimal
  /// (text, text pattern) -> boolean; a third argument is the escape character.
  case like, likeIgnoringCase
  /// (text, text regular expression) -> boolean
  case matchesRegex, matchesRegexIgnoringCase
  /// (text, pattern, replacement[, flags]) -> text
  case regexReplace
  /// (text, pattern) -> text, null when nothing matches: the first group, or the whole match.
  case regexSubstring

  // Sketch states and arrays.
  /// (hll) -> integer
  case hyperLogLogCardinality
  /// (tdigest, double) -> double; (tdigest, double[]) -> double[]
  case digestQuantile
  /// (tdigest, double) -> double: share of values at most x.
  case digestRank
  /// (any array, integer from 1) -> element or null
  case element
  /// (any array) -> integer
  case arrayLength
  /// Any number of one type -> array
  case makeArray
  /// (any array, integer first, integer last) -> array, both from 1 and inclusive
  case arraySlice
  /// (any array, integer dimension) -> integer, null for an empty array
  case arrayDimension
  /// (any array, element[, integer start]) -> integer or null; a null element is found too.
  case arrayPosition
  /// (any array, text separator[, text for nulls]) -> text; without the third nulls are skipped.
  case arrayToText
  /// (text, text separator[, text that is null]) -> text[]; a null separator: by character.
  case textToArray
  /// (any array, same) -> same; null counts as empty. `arrayAppend` (array, element),
  /// `arrayPrepend` (element, array).
  case arrayConcatenate, arrayAppend, arrayPrepend
  /// (any array, element) -> array without those elements
  case arrayRemove
  /// (any array, same) -> boolean: whether all (any) of the second are in the first; nulls are in
  /// none.
  case arrayContains, arrayOverlaps
  // Documents. What is not there is null, and so is what has no such members.
  /// (json, text key) or (json, integer place from 0, below 0 from the end) -> json; as text the
  /// string itself of a string, and null of null.
  case jsonMember, jsonMemberText
  /// (json, text...) or (json, text[]) -> json: keys and places, one inside of the other.
  case jsonPath, jsonPathText
  /// (json) -> integer, an error for what is no array
  case jsonLength
  /// (json) -> text
  case jsonType
  /// (json) -> json[], text[]: of an array, else an error
  case jsonElements, jsonElementTexts
  /// (json) -> text[]: of an object, else an error
  case jsonKeys
  // What stands for hidden values.
  /// (any) -> `(redacted)` of text and json where the argument is not null; null of other types. The
  /// value itself is not looked at.
  case redact
  /// (any, text organisation, text literal domain, text literal key's name) -> text
  case pseudonym
  /// (element, array, text literal comparison) -> boolean, three-valued
  case anyHolds, allHold
}

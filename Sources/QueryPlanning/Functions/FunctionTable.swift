import ColumnStore

/// Every function of one row: SQL name, types, what does the work, and a line for the reference.
///
/// A new function is a line here and a `ScalarFunction`. Syntax with a form of its own (CASE,
/// COALESCE, GREATEST) and the aggregates are elsewhere.
public enum FunctionTable {
  public static let all: [FunctionDefinition] =
    textFunctions + patternFunctions + numberFunctions + timeFunctions + otherFunctions
    + bucketFunctions + formatFunctions + arrayFunctions + jsonFunctions

  /// Signatures by name and alias, in the order of the table.
  static let byName: [String: [FunctionDefinition]] = {
    var byName: [String: [FunctionDefinition]] = [:]
    for definition in all {
      for name in definition.names { byName[name, default: []].append(definition) }
    }
    return byName
  }()
}

private typealias Function = FunctionDefinition
private let text = ParameterType.type(.text)
private let integer = ParameterType.type(.integer)
private let double = ParameterType.type(.double)
private let toText = FunctionDefinition.Result.type(.text)
private let toInteger = FunctionDefinition.Result.type(.integer)
private let toDouble = FunctionDefinition.Result.type(.double)
private let toBoolean = FunctionDefinition.Result.type(.boolean)

private let textFunctions: [Function] = [
  Function("lower lcase", [text], toText, .lower, "In lower case."),
  Function("upper ucase", [text], toText, .upper, "In upper case."),
  Function("initcap", [text], toText, .capitalize, "First letter of each word in upper case."),
  Function("reverse", [text], toText, .reverse, "Characters in reverse order."),
  Function("md5", [text], toText, .md5, "MD5 digest in hexadecimal."),
  Function(
    "length char_length character_length", [text], toInteger, .characterLength,
    "Number of characters."),
  Function("octet_length", [text], toInteger, .byteLength, "Number of UTF-8 bytes."),
  Function("ascii", [text], toInteger, .ascii, "Code point of the first character."),
  Function("chr", [integer], toText, .character, "The character with the code point."),
  Function("to_hex", [integer], toText, .toHexadecimal, "In hexadecimal."),
  Function(
    "substring substr", [text, integer], toText, .substring,
    "From the given character on, counting from 1."),
  Function(
    "substring substr", [text, integer, integer], toText, .substring,
    "As many characters as stated, from the given one on."),
  Function(
    "left", [text, integer], toText, .left, "The first n characters; -n: all but the last."),
  Function(
    "right", [text, integer], toText, .right, "The last n characters; -n: all but the first."),
  Function("repeat", [text, integer], toText, .repeat, "The text n times."),
  Function(
    "lpad", [text, integer], toText, .padLeft, "Filled on the left with spaces to length n."),
  Function("lpad", [text, integer, text], toText, .padLeft, "Filled on the left to length n."),
  Function(
    "rpad", [text, integer], toText, .padRight, "Filled on the right with spaces to length n."),
  Function("rpad", [text, integer, text], toText, .padRight, "Filled on the right to length n."),
  Function("trim btrim", [text], toText, .trim, "Without spaces at both ends."),
  Function("trim btrim", [text, text], toText, .trim, "Without the characters at both ends."),
  Function("ltrim", [text], toText, .trimLeft, "Without spaces at the start."),
  Function("ltrim", [text, text], toText, .trimLeft, "Without the characters at the start."),
  Function("rtrim", [text], toText, .trimRight, "Without spaces at the end."),
  Function("rtrim", [text, text], toText, .trimRight, "Without the characters at the end."),
  Function(
    "concat", [.anyAsText], toText, .concatenateAll, "All arguments in a row; nulls are skipped.",
    isVariadic: true),
  Function(
    "concat_ws", [text, .anyAsText], toText, .concatenateWithSeparator,
    "All arguments but the first, which stands between them; nulls are skipped.", isVariadic: true),
]

private let patternFunctions: [Function] = [
  Function("replace", [text, text, text], toText, .replace, "Every occurrence replaced."),
  Function(
    "translate", [text, text, text], toText, .translate,
    "Each character of the second text replaced by its counterpart in the third."),
  Function(
    "strpos position instr", [text, text], toInteger, .position,
    "Where the second text begins in the first, counting from 1; 0 if nowhere."),
  Function(
    "starts_with", [text, text], toBoolean, .startsWith, "Whether the first begins with the second."
  ),
  Function(
    "split_part", [text, text, integer], toText, .splitPart,
    "The n-th part between separators, counting from 1; -1 is the last."),
  Function(
    "regexp_replace", [text, text, text], toText, .regexReplace,
    "The first match of the regular expression replaced."),
  Function(
    "regexp_replace", [text, text, text, text], toText, .regexReplace,
    "Matches replaced; flags: g all of them, i ignoring case."),
  Function(
    "regexp_substr regexp_extract", [text, text], toText, .regexSubstring,
    "The first match of the regular expression, or its first group."),
  Function(
    "regexp_like regexp_matches", [text, text], toBoolean, .matchesRegex,
    "Whether the regular expression matches."),
]

private let numberFunctions: [Function] = [
  Function("abs", [.number], .number, .absolute, "Without its sign."),
  Function("sign", [.number], .number, .sign, "-1, 0 or 1."),
  Function("mod", [.number, .number], .number, .modulo, "Remainder of the division."),
  Function("ceil ceiling", [double], toDouble, .ceiling, "Rounded up to a whole number."),
  Function("floor", [double], toDouble, .floor, "Rounded down to a whole number."),
  Function("round", [double], toDouble, .round, "Rounded to a whole number, half away from zero."),
  Function("round", [double, integer], toDouble, .round, "Rounded to n decimals."),
  Function("trunc", [double], toDouble, .truncate, "Without its fraction."),
  Function("trunc", [double, integer], toDouble, .truncate, "Cut off after n decimals."),
  Function(
    "power pow", [double, double], toDouble, .power, "The first to the power of the second."),
  Function("sqrt", [double], toDouble, .squareRoot, "Square root."),
  Function("cbrt", [double], toDouble, .cubeRoot, "Cube root."),
  Function("exp", [double], toDouble, .exponential, "e to the power of the argument."),
  Function("ln", [double], toDouble, .naturalLogarithm, "Natural logarithm."),
  Function("log log10", [double], toDouble, .logarithm10, "Logarithm to base 10."),
  Function("log", [double, double], toDouble, .logarithm, "Logarithm to the first as base."),
  Function("sin", [double], toDouble, .sine, "Sine of an angle in radians."),
  Function("cos", [double], toDouble, .cosine, "Cosine of an angle in radians."),
  Function("tan", [double], toDouble, .tangent, "Tangent of an angle in radians."),
  Function("asin", [double], toDouble, .arcSine, "Inverse sine in radians."),
  Function("acos", [double], toDouble, .arcCosine, "Inverse cosine in radians."),
  Function("atan", [double], toDouble, .arcTangent, "Inverse tangent in radians."),
  Function(
    "atan2", [double, double], toDouble, .arcTangent2, "Angle of the point (x, y): atan2(y, x)."),
  Function("degrees", [double], toDouble, .degrees, "Radians in degrees."),
  Function("radians", [double], toDouble, .radians, "Degrees in radians."),
]

private let timeFunctions: [Function] = [
  Function(
    "date_trunc", [.dateUnit, .type(.timestamp)], .type(.timestamp), .dateTruncate,
    "Start of the unit in which the moment lies; weeks start on Monday."),
  Function(
    "date_trunc", [.dateUnit, .type(.timestampWithTimeZone)], .type(.timestampWithTimeZone),
    .dateTruncate, "Start of the unit in the session's time zone.", takesSessionZone: true),
  Function(
    "date_part datepart", [.dateField, .type(.timestamp)], toDouble, .datePart,
    "One field of a moment; EXTRACT(field FROM x) is the same."),
  Function(
    "date_part datepart", [.dateField, .type(.date)], toDouble, .datePart, "One field of a date."),
  Function(
    "date_part datepart", [.dateField, .type(.interval)], toDouble, .datePart,
    "One field of an interval."),
  Function(
    "date_part datepart", [.dateField, .type(.timestampWithTimeZone)], toDouble, .datePart,
    "One field of a moment in the session's time zone.", takesSessionZone: true),
  Function(
    "to_timestamp", [double], .type(.timestampWithTimeZone), .timestampFromEpoch,
    "The moment that many seconds after 1970-01-01 UTC."),
  Function(
    "make_date", [integer, integer, integer], .type(.date), .makeDate,
    "The date of a year, month and day."),
  Function(
    "timezone", [.timeZone, .type(.timestamp)], .type(.timestampWithTimeZone), .atTimeZone,
    "The moment at which clocks in the zone show the timestamp."),
  Function(
    "timezone", [.timeZone, .type(.timestampWithTimeZone)], .type(.timestamp), .atTimeZone,
    "What clocks in the zone show at the moment."),
]

private let otherFunctions: [Function] = [
  Function(
    "pseudonym", [.anyElement], toText, .pseudonym,
    "A name that stands for a value of a sealed column: the same for the same value in one organisation."
  ),
  Function(
    "hll_cardinality", [.type(.hyperLogLog)], toInteger, .hyperLogLogCardinality,
    "Estimated number of distinct values in the state."),
  Function(
    "tdigest_quantile", [.type(.digest), double], toDouble, .digestQuantile,
    "Estimated quantile of the state's values, between 0 and 1."),
  Function(
    "tdigest_quantile", [.type(.digest), .type(.array(.double))], .type(.array(.double)),
    .digestQuantile, "Several estimated quantiles at once."),
  Function(
    "tdigest_rank", [.type(.digest), double], toDouble, .digestRank,
    "Estimated share of the state's values that are at most x."),
]

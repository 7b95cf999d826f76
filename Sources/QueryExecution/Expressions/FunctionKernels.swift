import ColumnStore
import QueryLanguage
import QueryPlanning

/// Which kernel computes which function.
enum FunctionKernels {
  static func kernel(_ site: CallSite) throws(QueryError) -> Kernel {
    switch site.function {
    case .add, .subtract, .multiply, .divide, .modulo:
      let isDouble = site.types.contains(.double)
      let kernel =
        isDouble
        ? ArithmeticKernels.doubles(site.function, site.location)
        : ArithmeticKernels.integers(site.function, site.location)
      return try found(kernel, site)
    case .negate, .absolute, .sign:
      if site.types.contains(.double) { return MathKernels.sign(site.function) }
      return try found(ArithmeticKernels.integers(site.function, site.location), site)
    case .bitAnd, .bitOr, .bitXor, .shiftLeft, .shiftRight:
      return try found(ArithmeticKernels.integers(site.function, site.location), site)
    case .power, .ceiling, .floor, .squareRoot, .cubeRoot, .exponential, .naturalLogarithm,
      .logarithm10, .sine, .cosine, .tangent, .arcSine, .arcCosine, .arcTangent, .degrees,
      .radians, .logarithm, .arcTangent2, .round, .truncate:
      return MathKernels.kernel(site)
    case .greatest, .least:
      return ExtremeKernels.kernel(isGreatest: site.function == .greatest, site.type)
    case .addInterval, .subtractInterval, .addDays, .subtractDays, .daysBetween, .timeBetween,
      .multiplyInterval, .addIntervals, .subtractIntervals:
      return try IntervalKernels.kernel(site)
    case .dateTruncate: return try DateTimeKernels.truncate(site)
    case .datePart: return try DatePartKernels.part(site)
    case .atTimeZone: return try DateTimeKernels.atTimeZone(site)
    case .timestampFromEpoch: return DateTimeKernels.fromEpoch(site)
    case .makeDate: return DateTimeKernels.makeDate(site)
    case .makeTimestamp: return AgeKernels.makeTimestamp(site)
    case .timeBucket: return try TimeBucketKernels.kernel(site)
    case .age: return try AgeKernels.age(site)
    case .formatTime: return try TimeFormatKernels.kernel(site)
    case .formatNumber: return try NumberFormatKernels.kernel(site)
    case .widthBucket, .widthBucketOfArray: return WidthBucketKernels.kernel(site)
    case .lower, .upper, .capitalize, .reverse, .md5, .character, .toHexadecimal:
      return TextKernels.mapping(site)
    case .characterLength, .byteLength, .ascii, .position, .startsWith:
      return TextKernels.measuring(site)
    case .concatenate, .concatenateAll, .concatenateWithSeparator:
      return ConcatenationKernels.kernel(site)
    case .substring, .left, .right, .splitPart, .trim, .trimLeft, .trimRight:
      return SubstringKernels.kernel(site)
    case .repeat, .padLeft, .padRight, .replace, .translate:
      return ReplacementKernels.kernel(site)
    case .like, .likeIgnoringCase: return try LikeKernels.kernel(site)
    case .matchesRegex, .matchesRegexIgnoringCase, .regexReplace, .regexSubstring:
      return try RegexKernels.kernel(site)
    case .hyperLogLogCardinality, .digestQuantile, .digestRank:
      return try SketchKernels.kernel(site)
    case .jsonMember, .jsonMemberText, .jsonPath, .jsonPathText, .jsonLength, .jsonType,
      .jsonElements, .jsonElementTexts, .jsonKeys:
      return JSONKernels.kernel(site)
    case .redact, .pseudonym: return HiddenValueKernels.kernel(site)
    case .element, .arrayLength, .makeArray, .arraySlice, .arrayDimension, .arrayPosition,
      .arrayToText, .textToArray, .arrayConcatenate, .arrayAppend, .arrayPrepend, .arrayRemove,
      .arrayContains, .arrayOverlaps, .anyHolds, .allHold:
      return try ArrayKernels.kernel(site)
    }
  }

  private static func found(_ kernel: Kernel?, _ site: CallSite) throws(QueryError) -> Kernel {
    guard let kernel else {
      throw site.error(.internalError, "no kernel for \(site.function.rawValue)")
    }
    return kernel
  }

  /// Whether the function itself can raise an error for some values.
  static func canFail(_ call: FunctionCall) -> Bool {
    let isDouble = call.arguments.contains { $0.type == .double }
    return switch call.function {
    case .negate, .absolute: !isDouble
    case .sign, .bitAnd, .bitOr, .bitXor, .shiftLeft, .shiftRight, .ceiling, .floor, .cubeRoot,
      .arcTangent, .arcTangent2, .radians, .round, .truncate, .greatest, .least, .dateTruncate,
      .datePart, .lower, .upper, .capitalize, .reverse, .md5, .toHexadecimal, .characterLength,
      .byteLength, .ascii, .position, .startsWith, .left, .right, .trim, .trimLeft, .trimRight,
      .hyperLogLogCardinality, .element, .arrayLength, .makeArray, .arraySlice, .arrayDimension,
      .arrayPosition, .arrayToText, .textToArray, .arrayConcatenate, .arrayAppend, .arrayPrepend,
      .arrayRemove, .arrayContains, .arrayOverlaps, .anyHolds, .allHold, .jsonMember,
      .jsonMemberText, .jsonPath, .jsonPathText, .jsonType, .timeBucket, .redact, .pseudonym:
      false
    case .substring: call.arguments.count > 2
    // Moves nothing, and so nothing out of the range of times.
    case .atTimeZone: call.arguments.first != .literal(.text("UTC"), .text)
    case .like, .likeIgnoringCase:
      // A pattern that is known was checked beforehand.
      !call.arguments.dropFirst().allSatisfy {
        if case .literal = $0 { true } else { false }
      }
    case .add, .subtract, .multiply, .divide, .modulo, .power, .squareRoot, .exponential,
      .naturalLogarithm, .logarithm10, .logarithm, .sine, .cosine, .tangent, .arcSine, .arcCosine,
      .degrees, .addInterval, .subtractInterval, .addDays, .subtractDays, .daysBetween,
      .timeBetween, .multiplyInterval, .addIntervals, .subtractIntervals,
      .timestampFromEpoch, .makeDate, .concatenate, .concatenateAll, .concatenateWithSeparator,
      .repeat, .padLeft, .padRight, .replace, .translate, .splitPart, .character, .matchesRegex,
      .matchesRegexIgnoringCase, .regexReplace, .regexSubstring, .digestQuantile, .digestRank,
      .jsonLength, .jsonElements, .jsonElementTexts,
      .jsonKeys, .makeTimestamp, .age, .formatTime, .formatNumber, .widthBucket,
      .widthBucketOfArray:
      true
    }
  }
}

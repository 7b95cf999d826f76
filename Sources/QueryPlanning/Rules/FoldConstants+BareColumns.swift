import ColumnStore

/// Comparisons of a converted column with a literal, as comparisons of the column itself.
extension ConstantFolding {
  /// Moves a conversion from the column to the literal, so that the column is compared as it is
  /// stored; `nil` where that would not mean the same.
  func bareColumn(_ comparison: Comparison, _ left: Expression, _ right: Expression)
    -> Expression?
  {
    switch left {
    case .cast(let operand, to: .double, _) where operand.type == .integer:
      return wholeNumberBound(comparison, operand, right)
    case .cast(let operand, to: .timestamp, _) where operand.type == .date:
      return dateBound(comparison, operand, right)
    case .call(let call) where call.function == .atTimeZone && call.arguments.count == 2:
      return zoneBound(comparison, call, right)
    default: return nil
    }
  }

  /// Local times have the order of instants, except around a change of the clocks. More than two
  /// days away from one, the comparison means the same on either scale.
  private func zoneBound(
    _ comparison: Comparison, _ call: FunctionCall, _ right: Expression
  ) -> Expression? {
    guard case .literal(.text(let name), _) = call.arguments[0],
      let zone = TimeZoneRules.named(name), let bound = right.literalValue
    else { return nil }
    let stored = call.arguments[1]
    switch bound {
    case .timestampWithTimeZone(let instant):
      guard let offset = steadyOffset(of: zone, around: instant) else { return nil }
      return foldComparison(
        comparison, stored, .literal(.timestamp(instant + offset), .timestamp))
    case .timestamp(let local):
      guard Calendar.millisecondRange.contains(local) else { return nil }
      let instant = zone.instant(fromLocal: local)
      guard steadyOffset(of: zone, around: instant) != nil else { return nil }
      return foldComparison(
        comparison, stored, .literal(.timestampWithTimeZone(instant), .timestampWithTimeZone))
    default: return nil
    }
  }

  /// The zone's offset, if it is the same for two days before and after. No change is longer.
  private func steadyOffset(of zone: TimeZoneRules, around instant: Int64) -> Int64? {
    guard Calendar.millisecondRange.contains(instant) else { return nil }
    if let offset = zone.fixedOffset { return offset }
    let range = zone.range(atInstant: instant)
    let margin = 2 * Calendar.millisecondsPerDay
    return range.from < instant - margin && instant + margin < range.upTo ? range.offset : nil
  }

  /// A date counts as its midnight.
  private func dateBound(_ comparison: Comparison, _ operand: Expression, _ right: Expression)
    -> Expression?
  {
    guard case .literal(.timestamp(let moment), _) = right else { return nil }
    let day = Calendar.floorDivide(moment, Calendar.millisecondsPerDay)
    func compared(_ comparison: Comparison, _ day: Int64) -> Expression {
      foldComparison(comparison, operand, .literal(.date(day), .date))
    }
    if Calendar.floorModulo(moment, Calendar.millisecondsPerDay) == 0 {
      return compared(comparison, day)
    }
    switch comparison {
    case .equal, .notEqual: return nil
    case .less, .lessOrEqual: return compared(.lessOrEqual, day)
    case .greater, .greaterOrEqual: return compared(.greater, day)
    }
  }

  /// `integer column < 2.5` is `column <= 2`.
  private func wholeNumberBound(
    _ comparison: Comparison, _ operand: Expression, _ right: Expression
  ) -> Expression? {
    guard case .literal(.double(let bound), _) = right, bound.magnitude < 9_007_199_254_740_992
    else { return nil }
    if let whole = Int64(exactly: bound) {
      return .compare(comparison, operand, .literal(.integer(whole), .integer))
    }
    switch comparison {
    case .equal, .notEqual: return nil
    case .less, .lessOrEqual:
      return .compare(
        .lessOrEqual, operand, .literal(.integer(Int64(bound.rounded(.down))), .integer))
    case .greater, .greaterOrEqual:
      return .compare(
        .greaterOrEqual, operand, .literal(.integer(Int64(bound.rounded(.up))), .integer))
    }
  }
}

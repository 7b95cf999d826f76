import ColumnStore
import QueryLanguage
import QueryPlanning
import Sketches

/// Estimates from sketch states; null for a digest of no values.
enum SketchKernels {
  static func kernel(_ site: CallSite) throws(QueryError) -> Kernel {
    let type = site.type
    let location = site.location
    switch site.function {
    case .hyperLogLogCardinality:
      return each(type) { (state, _) throws(QueryError) in
        guard case .hyperLogLog(let sketch) = state else { return .null }
        return .integer(sketch.cardinality)
      }
    case .digestRank:
      return each(type) { (state, argument) throws(QueryError) in
        guard case .digest(let digest) = state, case .double(let value) = argument else {
          return .null
        }
        return digest.rank(of: value).map(Value.double) ?? .null
      }
    default:
      return each(type) { (state, argument) throws(QueryError) in
        guard case .digest(let digest) = state else { return .null }
        switch argument {
        case .double(let share):
          try check(share, location)
          return digest.quantile(share).map(Value.double) ?? .null
        case .array(let shares):
          var known: [Double] = []
          for case .double(let share) in shares {
            try check(share, location)
            known.append(share)
          }
          var quantiles = digest.quantiles(known).makeIterator()
          return .array(
            shares.map { share in
              if share.isNull { return .null }
              return quantiles.next()?.map(Value.double) ?? .null
            })
        default: return .null
        }
      }
    }
  }

  private static func check(_ share: Double, _ location: Range<Int>) throws(QueryError) {
    // NaN fails both comparisons.
    guard share >= 0, share <= 1 else {
      throw QueryError(
        .numericOutOfRange,
        "percentile value \(NumberText.format(share)) is not between 0 and 1", at: location)
    }
  }

  private static func each(
    _ type: DataType,
    _ body: @escaping @Sendable (Value, Value) throws(QueryError) -> Value
  ) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      var values: [Value] = []
      for row in 0..<rows.count {
        guard rows.isValid(row) else {
          values.append(.null)
          continue
        }
        let argument = arguments.count > 1 ? arguments[1].value(at: row) : .null
        values.append(try body(arguments[0].value(at: row), argument))
      }
      return Vector(values: values, type: type)
    }
  }
}

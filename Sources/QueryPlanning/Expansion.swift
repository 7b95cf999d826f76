public import ColumnStore

/// Set-returning functions: `unnest` and `generate_series` with arguments of the row.
///
/// Output row: the input row, then one column per source, then the number of the value from 1 where
/// that is asked for. Sources give their values side by side; the shorter ones are padded with nulls.
public struct Expansion: Sendable {
  public enum Source: Sendable {
    /// The elements of an array; none of a null.
    case elements(Expression)
    case series(Series)

    public var type: DataType {
      switch self {
      case .elements(let array):
        if case .array(let element) = array.type { element } else { .null }
      case .series(let series): series.type
      }
    }

    /// What the source reads of the input row.
    package var expressions: [Expression] {
      switch self {
      case .elements(let array): [array]
      case .series(let series):
        [series.start, series.stop, series.step] + (series.zone.map { [$0] } ?? [])
      }
    }

    package func mapExpressions<Failure: Error>(
      _ transform: (Expression) throws(Failure) -> Expression
    ) throws(Failure) -> Source {
      switch self {
      case .elements(let array): return .elements(try transform(array))
      case .series(var series):
        series.start = try transform(series.start)
        series.stop = try transform(series.stop)
        series.step = try transform(series.step)
        return .series(series)
      }
    }
  }

  public var input: Plan
  public var sources: [Source]
  public var hasOrdinality: Bool
  /// A row without values stays, padded with nulls: `LEFT JOIN unnest(...) ON true`.
  public var keepsRows: Bool

  public var types: [DataType] {
    input.types + sources.map(\.type) + (hasOrdinality ? [.integer] : [])
  }

  public init(
    input: Plan, sources: [Source], hasOrdinality: Bool = false, keepsRows: Bool = false
  ) {
    self.input = input
    self.sources = sources
    self.hasOrdinality = hasOrdinality
    self.keepsRows = keepsRows
  }
}

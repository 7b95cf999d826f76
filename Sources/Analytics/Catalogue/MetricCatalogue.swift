/// All metrics, in the order in which they are shown.
///
/// A zero denominator gives null, never 0: no attempts is not 0 % success.
public enum MetricCatalogue {
  public static let metrics: [MetricDefinition] =
    overview + engagement + content + reliability + activity + training + infrastructure
    + collaboration + learning + feedback + security + tokens + cost

  private static let byID = Dictionary(uniqueKeysWithValues: metrics.map { ($0.id, $0) })

  public static func metric(_ id: String) -> MetricDefinition? { byID[id] }

  public static let ids = metrics.map(\.id)

  /// Those that another one is made of.
  static func known(_ id: String) -> MetricDefinition {
    guard let metric = byID[id] else { preconditionFailure("there is no metric '\(id)'") }
    return metric
  }
}

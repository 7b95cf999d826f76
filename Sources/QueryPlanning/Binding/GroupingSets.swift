import ColumnStore

extension Aggregation {
  /// The aggregation once for each set of its keys, as places in `keys`; keys that are not in a set
  /// are null there. The output row is that of the aggregation by all keys.
  ///
  /// The input is read once where that is more than reading a table; `id` is that of the shared plan.
  func grouped(by sets: [[Int]], id: Int) -> Plan {
    let input = sets.count > 1 ? Plan.shared(id: id, self.input) : self.input
    return .append(
      sets.map { set in
        let places = Set(set).sorted()
        let grouped = Plan.aggregate(
          Aggregation(input: input, keys: places.map { keys[$0] }, aggregates: aggregates))
        let row = keys.enumerated().map { index, key -> Expression in
          places.firstIndex(of: index).map { .column($0, key.type) } ?? .literal(.null, key.type)
        }
        return .project(
          grouped,
          row
            + aggregates.enumerated().map { .column(places.count + $0.offset, $0.element.type) })
      })
  }
}

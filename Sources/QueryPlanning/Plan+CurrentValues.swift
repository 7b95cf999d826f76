import ColumnStore

extension Plan {
  /// The tables of the plan that keep one row per key and no days: what they say of a user or a resource
  /// is true now, not when something happened to it.
  public var tablesOfCurrentValues: Set<String> {
    if case .scan(let scan) = self {
      let schema = scan.schema
      return schema.partitionColumn == nil && !schema.primaryKey.isEmpty ? [schema.name] : []
    }
    return inputs.reduce(into: []) { $0.formUnion($1.tablesOfCurrentValues) }
  }
}

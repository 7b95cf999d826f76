import ColumnStore
import QueryLanguage
import QueryPlanning

/// A scan with the semi and anti joins above it, these as conditions of the scan.
struct RestrictedScan {
  let scan: TableScan
  /// Of the scan.
  let operatorID: Int
  private(set) var memberships: [Membership] = []
  /// The joins, from the innermost out.
  private(set) var joinIDs: [Int] = []

  init(_ scan: TableScan, operatorID: Int) {
    self.scan = scan
    self.operatorID = operatorID
  }

  fileprivate mutating func add(_ membership: Membership, joinID: Int) {
    memberships.append(membership)
    joinIDs.append(joinID)
  }
}

extension Executor {
  /// A plan that is a scan below semi and anti joins by one of its texts each; `nil` for any other, and `id` is
  /// as it was. Reads what the joins ask about.
  func restrictedScan(_ plan: Plan, _ id: inout Int) throws(QueryError) -> RestrictedScan? {
    guard case .join = plan, isRestrictedScan(plan) else { return nil }
    return try restricted(plan, &id)
  }

  private func isRestrictedScan(_ plan: Plan) -> Bool {
    switch plan {
    case .scan: return true
    case .join(let join):
      return join.kind.keepsOnlyLeft && join.residual == nil && join.keys.count == 1
        && join.keys[0].right.type == .text && isRestrictedScan(join.left)
        && join.left.scan.flatMap { members(join, $0) } != nil
    default: return false
    }
  }

  /// The column that a join asks about, and its dictionary.
  private func members(
    _ join: Join, _ scan: TableScan
  ) -> (column: Int, dictionary: DictionaryView)? {
    guard case .column(let index, .text) = join.keys[0].left else { return nil }
    let column = scan.columns[index]
    return context.catalog.dictionaries[scan.schema.columns[column].domain].map {
      (column, $0.view)
    }
  }

  private func restricted(_ plan: Plan, _ id: inout Int) throws(QueryError) -> RestrictedScan? {
    let own = id
    id += 1
    if case .scan(let scan) = plan { return RestrictedScan(scan, operatorID: own) }
    guard case .join(let join) = plan, var restricted = try restricted(join.left, &id),
      let (column, dictionary) = members(join, restricted.scan)
    else { return nil }
    try profile(join, own)
    let key = try CompiledExpression(join.keys[0].right)
    let rows = try Batch.concatenate(self.rows(join.right, &id), types: join.right.types)
    let timer = context.profile?.start()
    defer { timer?.stop(own) }
    let memory = MemoryReservation.ofQuery(for: "the set that a condition asks")
    let set = try MemberSet(BatchView(rows).materialize(key), dictionary, memory)
    restricted.add(
      Membership(column, set, isAnti: join.kind == .anti, context.cache, memory), joinID: own)
    return restricted
  }

  /// The rows of a restricted scan, over its columns.
  func stream(_ restricted: RestrictedScan, _ scanner: TableScanner) -> RowStream {
    var stream = scanStream(scanner, restricted.scan)
    guard context.profile != nil else { return stream }
    for id in [restricted.operatorID] + restricted.joinIDs { stream = profiled(stream, id) }
    return stream
  }

  func scanner(_ restricted: RestrictedScan) throws(QueryError) -> TableScanner {
    let bound = topBound?.source?.operatorID == restricted.operatorID ? topBound : nil
    return try TableScanner(
      restricted.scan, context, operatorID: restricted.operatorID, bound: bound,
      memberships: restricted.memberships)
  }
}

extension Plan {
  /// The scan below joins that keep only their left side.
  fileprivate var scan: TableScan? {
    switch self {
    case .scan(let scan): scan
    case .join(let join) where join.kind.keepsOnlyLeft: join.left.scan
    default: nil
    }
  }
}

/// Puts a shared plan into its place where that costs nothing: when it stands in one place only, or
/// when it does no more than read a table, which each place may read narrower than the others.
struct SharedInlining {
  private var counts: [Int: Int] = [:]

  init(_ plan: Plan) { count(plan) }

  func inline(_ plan: Plan) -> Plan {
    let changed = plan.mapInputs(inline)
    guard case .shared(let id, let input) = changed else { return changed }
    return counts[id] == 1 || input.isOnlyRead ? input : changed
  }

  /// A place inside of a shared plan is one place, however often that plan stands elsewhere.
  private mutating func count(_ plan: Plan) {
    if case .shared(let id, _) = plan {
      counts[id, default: 0] += 1
      if counts[id] != 1 { return }
    }
    for input in plan.inputs { count(input) }
  }
}

extension Plan {
  /// Whether rows of a table or of VALUES pass through and nothing else.
  fileprivate var isOnlyRead: Bool {
    switch self {
    case .scan, .values: true
    case .filter(let input, _), .project(let input, _): input.isOnlyRead
    default: false
    }
  }
}

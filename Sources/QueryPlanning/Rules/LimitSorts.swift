/// Tells a sort how many rows are wanted of it: a few first rows need no sorting of all.
struct SortLimiting {
  func limit(_ plan: Plan) -> Plan { limit(plan, to: nil) }

  private func limit(_ plan: Plan, to bound: Int?) -> Plan {
    switch plan {
    case .limit(let input, let count, let offset):
      let own = count.map { $0.addingReportingOverflow(offset) }
      let wanted = own.flatMap { $0.overflow ? nil : $0.partialValue }
      return .limit(limit(input, to: wanted), count: count, offset: offset)
    case .project(let input, let expressions): return .project(limit(input, to: bound), expressions)
    case .sort(let input, let keys, let own):
      let wanted = [own, bound].compactMap(\.self).min()
      return .sort(limit(input, to: nil), by: keys, limit: wanted)
    default: return plan.mapInputs { limit($0, to: nil) }
    }
  }
}

import QueryExecution
import QueryPlanning

/// What EXPLAIN shows: the plan, what pruning leaves of each table, and with ANALYZE what each
/// operator did.
struct Explanation {
  private let description: PlanDescription
  private let profile: QueryProfile

  init(_ plan: Plan, profile: QueryProfile) {
    description = PlanDescription(plan)
    self.profile = profile
  }

  /// Without running: partitions and segments that bounds exclude are known before.
  var planned: [String] {
    description.lines.flatMap { line -> [String] in
      [indented(line.text, line.depth)] + pruning(line).map { indented($0, line.depth + 2) }
    }
  }

  func analyzed(elapsed: Duration, threads: Int) -> [String] {
    var lines = description.lines.flatMap { line -> [String] in
      var text = line.text
      if let entry = profile[line.id] {
        let rows = "\(entry.rows) row\(entry.rows == 1 ? "" : "s")"
        text += "  [\(rows), \(ownTime(line).shortText)]"
        if entry.segmentsCached > 0 {
          text += " (\(entry.segmentsCached) segments known from an earlier query)"
        }
      }
      return [indented(text, line.depth)] + pruning(line).map { indented($0, line.depth + 2) }
    }
    lines.append("Elapsed \(elapsed.shortText) on \(threads) thread\(threads == 1 ? "" : "s")")
    return lines
  }

  /// Without the operators below, added up over threads. An operator that others were fused with has
  /// their time too.
  private func ownTime(_ line: PlanDescription.Line) -> Duration {
    guard let entry = profile[line.id], entry.pipelined > .zero else {
      return profile[line.id]?.own ?? .zero
    }
    var time = entry.own + entry.pipelined
    for child in description.lines.dropFirst(line.id + 1).prefix(while: { $0.depth > line.depth })
    where child.depth == line.depth + 1 {
      time -= profile[child.id]?.pipelined ?? .zero
    }
    return max(time, .zero)
  }

  private func pruning(_ line: PlanDescription.Line) -> [String] {
    if let sides = profile[line.id]?.joinSides {
      return [
        "expects \(sides.left) and \(sides.right) rows, "
          + "keeps the \(sides.buildsLeft ? "left" : "right") side in memory"
      ]
    }
    guard let entry = profile[line.id], entry.segmentsRead + entry.segmentsSkipped > 0 else {
      return []
    }
    let partitions = entry.partitionsRead + entry.partitionsSkipped
    let segments = entry.segmentsRead + entry.segmentsSkipped
    return [
      "partitions \(entry.partitionsRead) of \(partitions), "
        + "segments \(entry.segmentsRead) of \(segments)"
    ]
  }

  private func indented(_ text: String, _ depth: Int) -> String {
    String(repeating: "  ", count: depth) + text
  }
}

extension Duration {
  /// `412 ns`, `1.25 ms`, `3.10 s`.
  public var shortText: String {
    let nanoseconds =
      Double(components.seconds) * 1e9 + Double(components.attoseconds) / 1e9
    func text(_ value: Double, _ unit: String) -> String {
      let hundredths = Int((value * 100).rounded())
      let fraction = hundredths % 100
      return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) \(unit)"
    }
    if nanoseconds < 1e3 { return "\(Int(nanoseconds)) ns" }
    if nanoseconds < 1e6 { return text(nanoseconds / 1e3, "µs") }
    return nanoseconds < 1e9 ? text(nanoseconds / 1e6, "ms") : text(nanoseconds / 1e9, "s")
  }
}

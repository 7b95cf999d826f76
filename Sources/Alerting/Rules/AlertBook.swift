public import AccessControl

/// Which alerts fire: readings in, changes of state out. It reads no clock and does nothing by itself.
public struct AlertBook: Sendable {
  private struct Key: Hashable {
    var rule: String
    var organization: OrganizationID?
  }

  private struct Watch {
    /// `nil`: it does not fire.
    var alert: Alert?
    /// Since when readings ask for the other state; `nil`: they do not.
    var changing: UnixTime?
  }

  public let rules: [AlertRule]
  private let byID: [String: AlertRule]
  private var watches: [Key: Watch] = [:]

  /// `firing`: those of before a restart, which do not fire anew.
  public init(_ rules: [AlertRule], firing: [Alert] = []) {
    self.rules = rules
    byID = Dictionary(uniqueKeysWithValues: rules.map { ($0.id, $0) })
    for alert in firing where alert.state == .firing {
      watches[Key(rule: alert.rule, organization: alert.organization)] = Watch(alert: alert)
    }
  }

  /// The gravest first, then the oldest.
  public var firing: [Alert] {
    watches.values.compactMap(\.alert).sorted {
      let severities = ($0.severity == .critical ? 0 : 1, $1.severity == .critical ? 0 : 1)
      return (severities.0, $0.since, $0.id) < (severities.1, $1.since, $1.id)
    }
  }

  /// Takes what was read, and gives the alerts whose state changed by it, in the order of their names.
  ///
  /// `asked`: the rules that were read; about others nothing is known, and they stay as they are. Of those
  /// that were read, whoever has no reading is well.
  public mutating func note(
    _ readings: [AlertReading], of asked: Set<String>, at now: UnixTime
  ) -> [Alert] {
    var values: [Key: Double] = [:]
    for reading in readings where asked.contains(reading.rule) && !reading.value.isNaN {
      values[Key(rule: reading.rule, organization: reading.organization)] = reading.value
    }
    var changed: [Alert] = []
    let known = watches.keys.filter { asked.contains($0.rule) || byID[$0.rule] == nil }
    for key in Set(known).union(values.keys) {
      guard let rule = byID[key.rule] else {
        // A rule of another version, or that is not there any more.
        if let alert = watches.removeValue(forKey: key)?.alert {
          changed.append(Self.resolved(alert, alert.value, at: now))
        }
        continue
      }
      if let alert = update(key, rule, values[key] ?? 0, now) { changed.append(alert) }
    }
    return changed.sorted { $0.id < $1.id }
  }

  private mutating func update(
    _ key: Key, _ rule: AlertRule, _ value: Double, _ now: UnixTime
  ) -> Alert? {
    var watch = watches[key] ?? Watch()
    let asksForChange = watch.alert == nil ? value >= rule.firesFrom : value < rule.resolvesBelow
    guard asksForChange else {
      watch.changing = nil
      watches[key] = watch.alert == nil ? nil : watch
      return nil
    }
    let since = watch.changing ?? now
    let wait = watch.alert == nil ? rule.holdsFor : rule.clearsAfter
    guard now >= since.advanced(by: wait) else {
      watch.changing = since
      watches[key] = watch
      return nil
    }
    if let alert = watch.alert {
      watches[key] = nil
      return Self.resolved(alert, value, at: now)
    }
    let alert = Alert(
      rule: rule.id, organization: key.organization, severity: rule.severity, unit: rule.unit,
      state: .firing, since: now, value: value, threshold: rule.firesFrom,
      message: rule.message(value))
    watches[key] = Watch(alert: alert)
    return alert
  }

  private static func resolved(_ alert: Alert, _ value: Double, at now: UnixTime) -> Alert {
    var alert = alert
    alert.state = .resolved
    alert.resolved = now
    alert.value = value
    return alert
  }
}

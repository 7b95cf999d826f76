internal import AccessControl
internal import Engine
internal import Logging
internal import Platform
internal import QueryLanguage

extension Service {
  /// Drops the days that tables have kept as long as they say. Each table that lost days is in the log and on
  /// the record.
  ///
  /// What failed is tried again by the next run; other tables are not kept from theirs by the record.
  func applyRetention() {
    let now = environment.now()
    do {
      try engine.applyRetention(now: now.milliseconds) { outcome in
        log.notice(
          "dropped days that were kept long enough",
          metadata: [
            "table": "\(outcome.table)", "days": "\(outcome.drops.count)",
            "rows": "\(outcome.rowCount)", "kept_in": "\(outcome.rollUps.joined(separator: " "))",
          ])
        do {
          try administration.audit.append(
            .retentionDropped(
              table: outcome.table, days: outcome.drops.count, rows: outcome.rowCount),
            by: .service, of: .all, at: now)
        } catch {
          log.error("dropped days are not on the record", metadata: ["reason": "\(error)"])
        }
      }
    } catch {
      log.error(
        "days that were kept long enough were not dropped", metadata: ["reason": "\(error.message)"]
      )
    }
  }
}

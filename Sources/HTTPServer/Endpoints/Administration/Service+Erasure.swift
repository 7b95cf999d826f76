internal import AccessControl
internal import Authentication
internal import ColumnStore
internal import Engine
internal import HTTPTypes
internal import Intake
internal import Jobs
internal import Logging
internal import Persistence
internal import Platform

/// Tables first, reports after them: whatever refuses an erasure has taken nothing out of a report.
extension Service {
  /// What `erase` would do; changes nothing.
  func erasurePlan(_ erasure: Erasure) throws -> JSONValue {
    let plan: ErasurePlan
    do throws(ErasureError) { plan = try database.erasurePlan(erasure) } catch {
      let count = try reportsAlone(of: erasure.identity, error, removing: false)
      return Self.erasureOfReportsJSON(count, at: nil)
    }
    return Self.erasureJSON(
      nil, nil, plan.effect, removedSnapshotCount: plan.snapshots.count, remaining: plan.remaining,
      isClean: nil, reportCount: try reports(of: erasure.identity, removing: false))
  }

  /// Erases somebody, and answers with what went. Blocks.
  func erase(_ erasure: Erasure, asked request: ServiceRequest) throws -> JSONValue {
    let receipt: ErasureReceipt
    do throws(ErasureError) { receipt = try engine.erase(erasure, from: database) } catch {
      let count = try reportsAlone(of: erasure.identity, error, removing: true)
      note(.reportsErased(count: count), "none", asked: request)
      return Self.erasureOfReportsJSON(count, at: request.time)
    }
    if let user = UserID(erasure.identity) { intake.forgetSessions(of: user) }
    let rowCount = receipt.effect.tables.reduce(0) { $0 + $1.rowCount + $1.replacedRowCount }
    note(.userErased(receipt: receipt.id, rows: rowCount), receipt.id, asked: request)
    // Rows are gone that were counted.
    live.restore(from: database.store, request.log)
    // The rows are gone, whatever becomes of the reports. One that is being written is waited for.
    return Self.erasureJSON(
      receipt, reportCount: try? reports(of: erasure.identity, removing: true))
  }

  /// Of who is in no table any more, and may be in old reports. Any other refusal is thrown, and so is this one
  /// where no report has the person.
  private func reportsAlone(
    of identity: String, _ refusal: ErasureError, removing: Bool
  ) throws(Problem) -> Int {
    guard refusal.reason == .notFound else { throw Problem(refusal) }
    let count = try reports(of: identity, removing: removing)
    guard count > 0 else { throw Problem(refusal) }
    return count
  }

  /// Files of weekly reports in which somebody stands; `removing`: until now.
  private func reports(of identity: String, removing: Bool) throws(Problem) -> Int {
    do throws(PersistenceError) {
      return try jobs.reports(of: identity, removing: removing)
    } catch {
      log.error("reports of a person were not looked through", metadata: ["reason": "\(error)"])
      throw Problem(
        .serviceUnavailable, "not_erased", "Not erased",
        "the folder of reports could not be read or written",
        hint: "see the service's log, and ask again")
    }
  }

  /// It has happened by now: a log that cannot be written is said, and no more.
  private func note(_ act: AdministrativeAct, _ receipt: String, asked request: ServiceRequest) {
    do {
      try administration.audit.append(
        act, by: AuditActor(request.principal), of: .all, at: request.time,
        requestID: request.id.text)
    } catch {
      log.error("an erasure is not on the record", metadata: ["receipt": "\(receipt)"])
    }
  }

  private static func erasureOfReportsJSON(_ count: Int, at time: UnixTime?) -> JSONValue {
    erasureJSON(
      nil, time, ErasureEffect(), removedSnapshotCount: 0, remaining: [], isClean: nil,
      reportCount: count)
  }
}

extension Problem {
  fileprivate init(_ error: ErasureError) {
    // What the disk says names files, and is for the log of whoever runs the service.
    switch error.reason {
    case .notFound: self = .notFound(error.message)
    case .invalid:
      self = Problem(.conflict, "cannot_erase", "Cannot erase", error.message, hint: error.hint)
    case .inUse: self = .busy("others are changing the tables", retryAfter: 5)
    case .disk, .damaged:
      self = Problem(
        .serviceUnavailable, "not_erased", "Not erased",
        "the data folder could not be written or read: nothing was erased",
        hint: "see the service's log and `daybook snapshot verify`")
    }
  }
}

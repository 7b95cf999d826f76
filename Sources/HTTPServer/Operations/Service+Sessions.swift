internal import Intake
internal import Logging

extension Service {
  /// Ends sessions that were silent for too long by the service's clock. What failed is tried again by the
  /// next run.
  package func closeInactiveSessions() {
    do throws(IntakeRefusal) {
      let count = try intake.closeInactiveSessions(at: environment.now())
      if count > 0 { log.info("ended inactive sessions", metadata: ["sessions": "\(count)"]) }
    } catch {
      log.error("inactive sessions were not ended", metadata: ["reason": "\(error.message)"])
    }
  }
}

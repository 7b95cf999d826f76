package import AccessControl
internal import ColumnStore

/// The newest run of a job, as the table `scheduled_jobs` has it.
package struct JobRecord: Sendable, Equatable {
  package enum Outcome: String, Sendable {
    // Stored on disk: never rename.
    case done
    case failed
  }

  package var job: String
  /// The moment that the newest run that was done stands for; earlier ones that were missed are made up for
  /// by it.
  package var due: UnixTime?
  package var started: UnixTime
  package var ended: UnixTime
  package var outcome: Outcome
  /// What came of it, or why it failed.
  package var detail: String
  /// Since the table was made.
  package var runCount: Int64
  package var failureCount: Int64
}

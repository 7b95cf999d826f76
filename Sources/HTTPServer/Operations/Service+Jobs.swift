internal import AccessControl
internal import Jobs

extension Service {
  /// What is read when the metrics are asked for.
  func registerJobGauges() {
    func gauge(
      _ name: String, _ about: String, isCounter: Bool = false,
      _ read: @escaping @Sendable (JobStatus) -> Double?
    ) {
      metrics.registry.gauge(name, about, labels: ["job"], isCounter: isCounter) { [weak self] in
        guard let self else { return [] }
        return jobs.statuses.compactMap { status in
          read(status).map { ([status.job.rawValue], $0) }
        }
      }
    }
    gauge("daybook_job_last_start_seconds", "When a job's newest run began, since 1970.") {
      $0.record.map { Double($0.started.milliseconds) / 1000 }
    }
    gauge("daybook_job_last_duration_seconds", "How long it took.") {
      $0.record.map { Double($0.ended.milliseconds - $0.started.milliseconds) / 1000 }
    }
    gauge("daybook_job_last_failed", "1 where it failed.") {
      $0.record.map { $0.outcome == .failed ? 1 : 0 }
    }
    gauge("daybook_job_runs_total", "Runs since the table of jobs was made.", isCounter: true) {
      Double($0.record?.runCount ?? 0)
    }
    gauge("daybook_job_failures_total", "Those of them that failed.", isCounter: true) {
      Double($0.record?.failureCount ?? 0)
    }
    metrics.registry.gauge(
      "daybook_round_last_seconds", "When what is done every so often was last done, since 1970.",
      labels: ["round"]
    ) { [weak self] in
      guard let self else { return [] }
      return Round.allCases.compactMap { round in
        rounds.last(round).map { ([round.rawValue], Double($0.milliseconds) / 1000) }
      }
    }
    gauge("daybook_job_next_seconds", "When a job is due next, since 1970.") {
      $0.next.map { Double($0.milliseconds) / 1000 }
    }
  }
}

internal import Synchronization

extension DaybookClient {
  func deliver() async {
    var sequence: Int64 = 0
    while !Task.isCancelled {
      switch queue.withLock({ $0.step(at: environment.now()) }) {
      case .done: return
      case .idle: await work.wait()
      case .wait(let limit): await work.wait(atMost: limit, environment.sleep)
      case .send(let batch): await send(batch, &sequence)
      }
    }
  }

  /// Returns when each record of the batch has come to an end.
  private func send(_ batch: [QueuedEvent], _ sequence: inout Int64) async {
    guard let kind = batch.first?.kind else { return }
    var batch = batch
    var body = body(of: batch, sequence)
    var attempt = 0
    while true {
      queue.withLock { $0.noteRequest(isRetry: attempt > 0) }
      let verdict: BatchVerdict
      do {
        verdict = BatchVerdict(
          try await transport.post(kind.rawValue, body), batch)
      } catch {
        verdict = .retry(after: nil)
      }
      var asked: Duration?
      switch verdict {
      case .refused(let status, let message):
        sequence += 1
        queue.withLock { $0.settle(batch, as: \.refused) }
        return lose(batch, .batch(status: status), message)
      case .settled(let outcome):
        settle(outcome)
        sequence += 1
        batch = outcome.again
        body = self.body(of: batch, sequence)
      case .retry(let after): asked = after
      }
      if batch.isEmpty { return }
      await hurry.wait(atMost: delay(attempt, asked), environment.sleep)
      attempt += 1
      let now = environment.now()
      let isLate = { now - $0.time > self.settings.longestAge } as (QueuedEvent) -> Bool
      drop(batch.filter(isLate), .expired, "they could not be sent for too long")
      let fresh = batch.filter { !isLate($0) }
      if fresh.count < batch.count { body = self.body(of: fresh, sequence) }
      batch = fresh
      if batch.isEmpty { return }
      if Task.isCancelled {
        return drop(batch, .stopped, "the client stopped before they could be sent")
      }
    }
  }

  private func delay(_ attempt: Int, _ asked: Duration?) -> Duration {
    let chance = Double(environment.random() >> 11) / Double(1 << 53)
    let backoff = Backoff(first: settings.firstRetryDelay, longest: settings.longestRetryDelay)
    return backoff.delay(attempt: attempt, asked: asked, chance: chance)
  }

  private func settle(_ outcome: BatchVerdict.Outcome) {
    queue.withLock { queue in
      queue.settle(outcome.accepted, as: \.accepted)
      queue.settle(outcome.duplicates, as: \.duplicates)
      queue.settle(outcome.ignored, as: \.ignored)
      queue.settle(outcome.refused.map(\.event), as: \.refused)
    }
    for refusal in outcome.refused {
      lose([refusal.event], .record(code: refusal.code), refusal.message)
    }
  }

  private func drop(_ events: [QueuedEvent], _ reason: ClientLoss.Reason, _ message: String) {
    queue.withLock { $0.settle(events, as: \.dropped) }
    lose(events, reason, message)
  }

  /// The same bytes, however often they are sent.
  private func body(of batch: [QueuedEvent], _ sequence: Int64) -> [UInt8] {
    var body = Array(#"{"stream":"\#(stream)","sequence":\#(sequence),"events":["#.utf8)
    body.reserveCapacity(batch.reduce(body.count + 2) { $0 + $1.json.count + 1 })
    for (place, event) in batch.enumerated() {
      if place > 0 { body.append(UInt8(ascii: ",")) }
      body.append(contentsOf: event.json)
    }
    body.append(contentsOf: "]}".utf8)
    return body
  }
}

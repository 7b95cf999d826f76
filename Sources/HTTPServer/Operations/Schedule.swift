internal import AccessControl
internal import ServiceLifecycle
internal import Synchronization

/// Does something again and again, however late it is by the clock, until the service is told to stop. What
/// has its hours is a job.
struct Schedule: ServiceLifecycle.Service {
  let service: HTTPServer.Service
  let name: Round
  let interval: Duration
  var startsAtOnce = true
  /// May block: it is run where calls of the engine are.
  let work: @Sendable (HTTPServer.Service) -> Void

  func run() async throws {
    let (service, name, work) = (service, name, work)
    try? await cancelWhenGracefulShutdown {
      if !startsAtOnce { try await Task.sleep(for: interval) }
      while !Task.isCancelled {
        // Where no thread takes it, the next round does.
        try? await service.run {
          work(service)
          service.rounds.note(name, at: service.environment.now())
        }
        try await Task.sleep(for: interval)
      }
    }
  }

  /// Days that were kept long enough, once an hour.
  static func retention(_ service: HTTPServer.Service) -> Schedule {
    Schedule(service: service, name: .retention, interval: .seconds(3600)) {
      $0.applyRetention()
    }
  }

  /// Sessions of which nothing was heard for half an hour, once a minute.
  static func sessions(_ service: HTTPServer.Service) -> Schedule {
    Schedule(service: service, name: .sessions, interval: .seconds(60)) {
      $0.closeInactiveSessions()
    }
  }

  /// Whether something is wrong, twice a minute.
  static func alerts(_ service: HTTPServer.Service) -> Schedule {
    Schedule(service: service, name: .alerts, interval: .seconds(30), startsAtOnce: false) {
      $0.checkAlerts()
    }
  }
}

/// What is done every so often, by its name.
enum Round: String, CaseIterable, Sendable {
  case retention
  case sessions
  case alerts
}

/// When each of these was last done.
final class RoundBook: Sendable {
  private let times = Mutex<[Round: UnixTime]>([:])

  func note(_ round: Round, at time: UnixTime) { times.withLock { $0[round] = time } }
  func last(_ round: Round) -> UnixTime? { times.withLock { $0[round] } }
}

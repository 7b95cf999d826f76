internal import Alerting
internal import Glibc
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Jobs
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization

/// Where and how the service listens.
package struct ServiceAddress: Sendable {
  package var host: String
  /// 0: any that is free.
  package var port: Int
  package var tls: ServiceTLS?

  package init(host: String, port: Int, tls: ServiceTLS? = nil) {
    self.host = host
    self.port = port
    self.tls = tls
  }

  /// Whether only this machine can reach it.
  package var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}

/// That the service cannot listen where it should.
package enum ListeningFailure: Error {
  /// Something else listens there.
  case portIsTaken
  /// Only root may listen there.
  case isForbidden
  /// The machine has no such address.
  case isNoAddressOfThisMachine

  /// `nil` for errors that have nothing to do with it.
  init?(_ error: any Error) {
    switch (error as? IOError)?.errnoCode {
    case EADDRINUSE: self = .portIsTaken
    case EACCES: self = .isForbidden
    case EADDRNOTAVAIL: self = .isNoAddressOfThisMachine
    default: return nil
    }
  }
}

/// Certificate and key of the service.
package struct ServiceTLS: Sendable {
  fileprivate let configuration: TLSConfiguration

  /// Why the files cannot be used; it never shows what is in them.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// PEM files; that of the certificate has the whole chain, the service's own first.
  package init(certificateFile: String, keyFile: String) throws(Failure) {
    guard let chain = try? NIOSSLCertificate.fromPEMFile(certificateFile), !chain.isEmpty else {
      throw Failure(description: "'\(certificateFile)' is no PEM file of certificates")
    }
    guard let key = try? NIOSSLPrivateKey(file: keyFile, format: .pem) else {
      throw Failure(description: "'\(keyFile)' is no PEM file of a private key without a password")
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    self.configuration = configuration
  }
}

/// The service while it runs: listens, answers, and stops when it is told to.
package final class ServiceRunner: Sendable {
  private let group: ServiceGroup
  private let service: Service
  private let isStopping = Atomic<Bool>(false)

  /// `isListening` is called once, with the port. Without schedules, nothing is done but what callers ask for:
  /// jobs, retention, sessions and alerts do not depend on how long it runs.
  package init(
    service: Service, address: ServiceAddress, runsSchedules: Bool = true,
    isListening: @escaping @Sendable (Int) async -> Void = { _ in }
  ) throws {
    self.service = service
    let limits = service.limits
    var server = HTTPServerBuilder { responder in
      GuardedHTTPChannel(service: service, isSecure: address.tls != nil, responder: responder)
    }
    if let tls = address.tls {
      server = try .tls(server, tlsConfiguration: tls.configuration)
    }
    var log = service.log
    // What the library says of its own start and stop is said by us.
    log.logLevel = max(log.logLevel, .warning)
    let application = Application(
      responder: ServiceResponder(service: service, isSecure: address.tls != nil), server: server,
      configuration: ApplicationConfiguration(
        address: .hostname(address.host, port: address.port), backlog: 1024,
        availableConnectionsDelegate: MaximumAvailableConnections(
          limits.largestConnectionCount + GuardedHTTPChannel.refusingCount, logger: log)),
      onServerRunning: { channel in await isListening(channel.localAddress?.port ?? 0) },
      logger: log)
    let schedules: [any ServiceLifecycle.Service] = [
      Schedule.retention(service), Schedule.sessions(service), Schedule.alerts(service),
      JobTicker(service),
    ]
    var configuration = ServiceGroupConfiguration(
      services: [application, LiveTicker(service), WebhookTask(service: service)]
        + (runsSchedules ? schedules : []),
      logger: log)
    configuration.maximumGracefulShutdownDuration = limits.drainTimeout
    group = ServiceGroup(configuration: configuration)
  }

  /// Returns when the service has stopped: nothing is asked any more then. Throws a `ListeningFailure` where the
  /// address is the reason that it never began.
  package func run() async throws {
    do {
      try await group.run()
    } catch {
      // Requests that did not end in time are cancelled, which shows as an error here.
      guard isStopping.load(ordering: .relaxed) else { throw ListeningFailure(error) ?? error }
      service.log.warning("requests were in flight for too long and were given up")
    }
    await service.work.stop()
    await service.ingestWork.stop()
    await service.jobWork.stop()
    await service.answerWork.stop()
    await service.jobs.targets.webhook?.close()
  }

  /// Takes no more connections and lets what is being answered come to its end, for as long as the limits
  /// allow. May be called from anywhere.
  package func stop() async {
    isStopping.store(true, ordering: .relaxed)
    // Requests would wait behind a job, which may take longer than they may.
    service.jobs.stop()
    await group.triggerGracefulShutdown()
  }
}

internal import NIOCore
internal import NIOHTTP1

/// Stands in each connection between bytes and requests.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let service: Service
  private let isSecure: Bool

  init(service: Service, isSecure: Bool) {
    self.service = service
    self.isSecure = isSecure
  }
}

package import HTTPTypes
internal import Hummingbird

/// What a handler gives back.
package struct ServiceResponse: Sendable {
  package enum Body: Sendable {
    case empty
    case bytes([UInt8])
    /// Written piece by piece, and only as fast as the caller reads. What it throws ends the connection,
    /// so that half an answer is not taken for a whole one.
    case stream(@Sendable (inout ResponseStream) async throws -> Void)
  }

  package var status: HTTPResponse.Status
  /// With its charset where it is text.
  package var contentType: String?
  package var headers = HTTPFields()
  package var body: Body
  /// Whether it may be compressed where the caller takes that; a stream of small pieces had better not be.
  package var mayBeCompressed = true

  package init(
    status: HTTPResponse.Status = .ok, contentType: String? = nil, body: Body = .empty
  ) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  package static func json(
    _ value: JSONValue, status: HTTPResponse.Status = .ok
  ) -> ServiceResponse {
    ServiceResponse(status: status, contentType: "application/json", body: .bytes(value.bytes))
  }

  package static func text(
    _ text: String, contentType: String = "text/plain; charset=utf-8"
  ) -> ServiceResponse {
    ServiceResponse(contentType: contentType, body: .bytes(Array(text.utf8)))
  }

  package static let noContent = ServiceResponse(status: .noContent)
}

/// Where a streamed answer is written to.
package struct ResponseStream {
  private var writer: any ResponseBodyWriter
  private var compressor: GzipCompressor?
  /// Sent behind the body (RFC 9110 section 6.5), which is then known to be whole.
  package var trailers: HTTPFields?

  init(_ writer: any ResponseBodyWriter, compressor: GzipCompressor?) {
    self.writer = writer
    self.compressor = compressor
  }

  /// Returns when there is room for more: a caller who reads slowly slows this down, and one who
  /// does not read at all ends it with an error.
  package mutating func write(_ bytes: [UInt8]) async throws {
    let bytes = compressor?.compress(bytes) ?? bytes
    guard !bytes.isEmpty else { return }
    try await writer.write(ByteBuffer(bytes: bytes))
  }

  mutating func finish() async throws {
    if let rest = compressor?.finish() { try await writer.write(ByteBuffer(bytes: rest)) }
    try await writer.finish(trailers)
  }
}

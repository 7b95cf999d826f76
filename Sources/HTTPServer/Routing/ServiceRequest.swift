package import AccessControl
package import Authentication
package import HTTPTypes
package import Logging

/// One request as a handler sees it: the caller is known and may ask this, parameters and body are as the
/// endpoint declares them.
package struct ServiceRequest: Sendable {
  package let id: RequestID
  package let endpoint: Endpoint
  /// `nil` where the endpoint is open.
  package let caller: Principal?
  /// When the caller's token ends.
  package let expiry: UnixTime?
  /// The key that it came with, where the endpoint takes one.
  package let emitter: EmitterKey?
  /// The rows that the request is about; only of endpoints whose access is `scoped`.
  package let requestedScope: RowScope?
  /// Whether nobody could read it on its way, as far as is known.
  package let isSecure: Bool
  package let arguments: RequestArguments
  package let headers: HTTPFields
  /// Where it came from, without the port.
  package let address: String
  package let trace: TraceContext?
  /// When it came in.
  package let time: UnixTime
  /// Has the request's id.
  package let log: Logger
  /// The body of an endpoint that takes JSON; as its schema says.
  package let json: StrictJSON?
  /// The body of an endpoint that takes bytes.
  package let bytes: [UInt8]
  /// The body of an endpoint that takes records.
  package let records: RecordBody?
  package let connection: ConnectionWatch

  package init(
    id: RequestID, endpoint: Endpoint, caller: Principal?, expiry: UnixTime? = nil,
    emitter: EmitterKey? = nil, requestedScope: RowScope?, isSecure: Bool = false,
    arguments: RequestArguments, headers: HTTPFields, address: String,
    trace: TraceContext?, time: UnixTime, log: Logger, json: StrictJSON?, bytes: [UInt8],
    records: RecordBody? = nil, connection: ConnectionWatch = ConnectionWatch()
  ) {
    self.id = id
    self.endpoint = endpoint
    self.caller = caller
    self.expiry = expiry
    self.emitter = emitter
    self.requestedScope = requestedScope
    self.isSecure = isSecure
    self.arguments = arguments
    self.headers = headers
    self.address = address
    self.trace = trace
    self.time = time
    self.log = log
    self.json = json
    self.bytes = bytes
    self.records = records
    self.connection = connection
  }

  /// Who asks. The endpoint must not be open.
  package var principal: Principal {
    guard let caller else { preconditionFailure("\(endpoint.name) is open: it has no principal") }
    return caller
  }

  /// Which rows it is about. The endpoint's access must be `scoped`.
  package var scope: RowScope {
    guard let requestedScope else { preconditionFailure("\(endpoint.name) is not scoped") }
    return requestedScope
  }
}

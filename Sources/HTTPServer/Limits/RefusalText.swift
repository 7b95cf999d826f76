internal import HTTPTypes
internal import NIOHTTP1
internal import NIOHTTPTypesHTTP1

/// A problem as the connection itself answers it, before there is a request.
enum RefusalText {
  static func response(
    _ problem: Problem, _ id: RequestID, isSecure: Bool
  ) -> (head: HTTPResponseHead, bytes: [UInt8]) {
    let bytes = problem.json(id).bytes
    var fields = problem.response(id).headers
    fields[.contentType] = Problem.contentType
    fields[.contentLength] = String(bytes.count)
    fields[.connection] = "close"
    fields[ServiceResponder.requestID] = id.text
    SecurityHeaders.add(to: &fields, isSecure: isSecure)
    return (
      HTTPResponseHead(
        version: .http1_1,
        status: .init(
          statusCode: problem.status.code, reasonPhrase: problem.status.reasonPhrase),
        headers: HTTPHeaders(fields)), bytes
    )
  }
}

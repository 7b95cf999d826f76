public import DaybookClient
public import Hummingbird
internal import Synchronization

/// What handlers say of the request that they answer: whose it is, the model that they asked, what it used.
/// It goes into the record of the request; nothing is sent by itself.
public final class RequestNotes: Sendable {
  private let event = Mutex(DaybookEvent("api_call"))

  public init() {}

  /// Any field but the type, the time and what the middleware measures.
  ///
  ///     context.daybook.update {
  ///       $0.model = "gpt-4.1"
  ///       $0.promptTokens = usage.prompt
  ///     }
  public func update(_ change: (inout DaybookEvent) -> Void) { event.withLock { change(&$0) } }

  var noted: DaybookEvent { event.withLock { $0 } }
}

/// A context whose handlers can add to the record of their request.
///
///     struct AppContext: DaybookRequestContext {
///       var coreContext: CoreRequestContextStorage
///       let daybook = RequestNotes()
///       init(source: Source) { coreContext = .init(source: source) }
///     }
public protocol DaybookRequestContext: RequestContext {
  /// The same object for as long as the request lasts.
  var daybook: RequestNotes { get }
}

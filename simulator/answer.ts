/** What the API answers: a status, a JSON body or a page where there is one, and headers beside the usual ones. */
export interface Answer {
  status: number;
  body?: unknown;
  /** HTML, instead of a body. */
  page?: string;
  headers?: Readonly<Record<string, string>>;
}

/** The codes of Twilio's error bodies that the simulator uses. Which code goes with 400 and 405 is inferred. */
const CODES: Readonly<Record<number, number>> = {
  400: 20_001,
  401: 20_003,
  404: 20_404,
  405: 20_004,
  413: 20_001,
  429: 20_429,
  500: 20_500,
  503: 20_503,
};

/** What a refusal may have beside its status and its message. */
interface RefusalDetails {
  /** Default: the one that goes with the status. */
  code?: number;
  headers?: Readonly<Record<string, string>>;
}

/** An error in Twilio's form. */
export function refusal(
  status: number,
  message: string,
  { code = CODES[status] ?? status * 100, headers = {} }: RefusalDetails = {},
): Answer {
  return {
    status,
    body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
    headers,
  };
}

/** The 404 of a resource that does not exist, by its path. */
export function notFound(path: string): Answer {
  return refusal(404, `The requested resource ${path} was not found`);
}

/** A page instead of JSON, as load balancers send it. */
export function unavailablePage(): Answer {
  const page = '<!DOCTYPE html>\n<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>\n';
  return { status: 503, page };
}

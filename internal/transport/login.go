package transport

import (
	"context"
	"io"
	"net/http"
	"net/url"
)

// Credential is what a request shows to be let in: a header. The zero value is none.
type Credential struct {
	Header, Value string
	// Check, unless nil, looks at the head of the answer, by which a server may prove who it is. Its error is that of the
	// request.
	Check func(*http.Response) error
}

// Authorization returns the credential that is the header of that name.
func Authorization(value string) Credential { return Credential{Header: "Authorization", Value: value} }

// Authenticator says who makes a request.
type Authenticator interface {
	// Credential returns what to show. refused is nil, or what the server said in WWW-Authenticate when it answered what
	// was shown before with status 401. Who has nothing better then returns none, or the same again, which ends the login.
	Credential(ctx context.Context, refused []string) (Credential, error)
}

// Login is a RoundTripper that logs in and keeps the cookies of the server, and of what stands before it. Its requests
// need a GetBody.
type Login struct {
	Base    http.RoundTripper
	Auth    Authenticator
	Cookies http.CookieJar
	// AuthCookie is the name of the cookie that stands in for the authorization as long as the server takes it.
	AuthCookie string
}

var _ http.RoundTripper = (*Login)(nil)

// RoundTrip implements [http.RoundTripper]. A request that is refused with status 401 was not carried out; it is made once
// more, with a credential that the server has not seen yet.
func (l *Login) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent Credential
	if !l.hasAuthCookie(r.URL) {
		var err error
		if sent, err = l.Auth.Credential(r.Context(), nil); err != nil {
			return nil, err
		}
	}
	response, err := l.send(r, sent)
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	challenges := append([]string{}, response.Header.Values("Www-Authenticate")...)
	better, err := l.Auth.Credential(r.Context(), challenges)
	if err == nil && (better.Value == "" || better.Value == sent.Value) {
		return response, nil
	}
	_, _ = io.CopyN(io.Discard, response.Body, 4096) // so that the connection can be used again
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	return l.send(r, better)
}

func (l *Login) hasAuthCookie(u *url.URL) bool {
	for _, c := range l.Cookies.Cookies(u) {
		if c.Name == l.AuthCookie {
			return true
		}
	}
	return false
}

func (l *Login) send(r *http.Request, shown Credential) (*http.Response, error) {
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	send := r.Clone(r.Context())
	send.Body = body
	for _, c := range l.Cookies.Cookies(r.URL) {
		send.AddCookie(c)
	}
	if shown.Value != "" {
		send.Header.Set(shown.Header, shown.Value)
	}
	response, err := l.Base.RoundTrip(send)
	if err != nil {
		return nil, err
	}
	if shown.Check != nil {
		if err := shown.Check(response); err != nil {
			response.Body.Close()
			return nil, err
		}
	}
	l.Cookies.SetCookies(r.URL, response.Cookies())
	return response, nil
}

package transport

import (
	"context"
	"io"
	"net/http"
	"net/url"
)

// Authenticator says who makes a request.
type Authenticator interface {
	// Authorization returns the value of a request's header of that name; "" is none. refused is nil, or what the server
	// said in WWW-Authenticate when it answered the value before with status 401. Who has nothing better then returns
	// the same value again, which ends the login.
	Authorization(ctx context.Context, refused []string) (string, error)
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
// more, with an authorization that the server has not seen yet.
func (l *Login) RoundTrip(r *http.Request) (*http.Response, error) {
	sent := ""
	if !l.hasAuthCookie(r.URL) {
		var err error
		if sent, err = l.Auth.Authorization(r.Context(), nil); err != nil {
			return nil, err
		}
	}
	response, err := l.send(r, sent)
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	challenges := append([]string{}, response.Header.Values("Www-Authenticate")...)
	better, err := l.Auth.Authorization(r.Context(), challenges)
	if err == nil && better == sent {
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

func (l *Login) send(r *http.Request, authorization string) (*http.Response, error) {
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	send := r.Clone(r.Context())
	send.Body = body
	for _, c := range l.Cookies.Cookies(r.URL) {
		send.AddCookie(c)
	}
	if authorization != "" {
		send.Header.Set("Authorization", authorization)
	}
	response, err := l.Base.RoundTrip(send)
	if err == nil {
		l.Cookies.SetCookies(r.URL, response.Cookies())
	}
	return response, err
}

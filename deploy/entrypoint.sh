#!/bin/sh
# Takes secrets that come as files, as Docker and Kubernetes hand them over, and starts a command.
set -eu

for name in BOARDS_SECRET_KEY BOARDS_DATABASE_URL BOARDS_DATABASE_PASSWORD; do
  eval "file=\${${name}_FILE:-}"
  if [ -n "$file" ]; then
    eval "$name=\$(cat \"\$file\")"
    eval "export $name"
  fi
done

# A password that was written to a file of its own becomes a part of the URL.
if [ -n "${BOARDS_DATABASE_PASSWORD:-}" ] && [ -n "${BOARDS_DATABASE_HOST:-}" ]; then
  user=${BOARDS_DATABASE_USER:-boards}
  BOARDS_DATABASE_URL="postgresql://$user:$BOARDS_DATABASE_PASSWORD@$BOARDS_DATABASE_HOST/${BOARDS_DATABASE_NAME:-boards}"
  export BOARDS_DATABASE_URL
fi
unset BOARDS_DATABASE_PASSWORD BOARDS_DATABASE_HOST BOARDS_DATABASE_USER BOARDS_DATABASE_NAME \
  BOARDS_DATABASE_PASSWORD_FILE BOARDS_DATABASE_URL_FILE BOARDS_SECRET_KEY_FILE

exec boards "$@"

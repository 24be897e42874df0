dnl opendkim beside schoolgate: for /etc/mail/sendmail.mc, behind the lines of schoolgate.m4, so that
dnl what is signed is what schoolgate has made of it.
INPUT_MAIL_FILTER(`opendkim', `S=local:/run/opendkim/opendkim.sock, F=T, T=C:30s;S:30s;R:2m;E:5m')dnl
